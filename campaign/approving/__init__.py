"""Approval: who is needed (`needs`), by when (`deadlines`), how a campaign changes that (`agreeing`), who is told
(`reminding`), what changed since one last looked (`seen`), the link that staff send (`link`).
"""
