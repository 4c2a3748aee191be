"""docs/networks/: how an account is connected on each network, made from the texts that the pages show.

python -m tools.network_docs    write them anew, after a step or a permission has changed
"""

import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
FOLDER = PROJECT / "docs" / "networks"
ADDRESS = "https://posko.example"
"""Stands for Posko's own address."""
HEADS = {
    "en": (
        "English",
        "Register Posko, step by step",
        "The redirect address, with your Posko's own address in place of the first part",
        "Good to know",
        "Connect an account",
        "What Posko asks for",
        ("permission", "what for", "without it"),
        "Whoever runs Posko for many campaigns sets these in its environment instead",
        "No registration: under *Accounts* choose it, type the address of your server and say yes there.",
        "So that the network tells Posko at once",
        "The address for notices, with your campaign's name in Posko at its end",
        "The word to enter (verify token) stands on Posko's page of this network.",
        "Events to tick",
        "Whoever runs Posko sets other limits of texts in its environment",
    ),
    "id": (
        "Bahasa Indonesia",
        "Mendaftarkan Posko, langkah demi langkah",
        "Alamat pengalihan; ganti bagian depannya dengan alamat Posko Anda",
        "Perlu diketahui",
        "Menghubungkan akun",
        "Yang diminta Posko",
        ("izin", "untuk apa", "tanpanya"),
        "Pengelola Posko untuk banyak kampanye cukup mengisi variabel lingkungan ini",
        "Tanpa pendaftaran: di *Akun* pilih jejaring ini, ketik alamat server Anda, lalu setujui di sana.",
        "Agar jejaring langsung memberi tahu Posko",
        "Alamat pemberitahuan; bagian akhirnya nama kampanye Anda di Posko",
        "Kata yang diisikan (verify token) tertera di halaman jejaring ini di Posko.",
        "Peristiwa yang dicentang",
        "Pengelola Posko dapat menetapkan batas teks lain lewat variabel lingkungan",
    ),
}


def document(kind: str) -> str:
    """The whole text about one network, in both languages."""
    from django.utils.translation import override

    from campaign import networks

    parts = [f"# {networks.label(kind)}\n"]
    for language in HEADS:
        with override(language):
            parts.append(_section(kind, language))
    return "\n".join(parts)


def _section(kind: str, language: str) -> str:
    from campaign import networks
    from campaign.network_steps import GUIDES, NOTES, STEPS

    name, register, address, good, connect, asked, _columns, hosted, server, *_telling_heads, limits = HEADS[language]
    about = next(each.about for each in networks.NETWORKS if each.kind == kind)
    lines = [f"## {name}", "", str(about), ""]
    if kind in GUIDES:
        guide = GUIDES[kind]
        lines += [f"### {register}", "", str(guide.takes), ""]
        lines += [f"{n}. {step.text}{f' <{step.link}>' if step.link else ''}" for n, step in enumerate(guide.steps, 1)]
        lines += ["", f"{address}: `{ADDRESS}/oauth/{kind}/`", "", f"### {good}", ""]
        lines += [f"- {each}" for each in guide.after]
        variables = ", ".join(f"`POSKO_{kind.upper()}_{part}`" for part in ("CLIENT_ID", "CLIENT_SECRET", "ALLOWED"))
        allowed = ", ".join(f"`{each}`" for each in networks.ALLOWED.get(kind, {}))
        lines += ["", f"{hosted}: {variables}{f' ({allowed})' if allowed else ''}.", ""]
    else:
        lines += [f"### {connect}", ""]
        lines += [f"{n}. {step}" for n, step in enumerate(STEPS.get(kind, (server,)), 1)]
        lines += [""]
    if kind in NOTES:
        lines += [f"### {good}", "", *(f"- {each}" for each in NOTES[kind]), ""]
    if kind == "whatsapp":
        lines += [f"{limits}: {', '.join(f'`POSKO_WHATSAPP_{name}`' for name in ('TEXT', 'CAPTION', 'STATUS'))}.", ""]
    return "\n".join([*lines, *_telling(kind, language), f"### {asked}", "", *_permissions(kind, language), ""])


def _telling(kind: str, language: str) -> list[str]:
    """How the network is brought to tell us by itself; nothing for those that cannot."""
    from campaign.network_telling import FROM_NOW, TELLING

    if kind not in TELLING:
        return []
    head, address, word, tick = HEADS[language][9:13]
    told = TELLING[kind]
    lines = [f"### {head}", "", *(f"{number}. {step}" for number, step in enumerate(told.steps, 1)), ""]
    if told.has_address:
        lines += [f"{address}: `{ADDRESS}/hooks/{kind}/kampanye-anda/`. {word if told.has_word else ''}".strip(), ""]
    if told.events:
        lines += [f"{tick}: {', '.join(f'`{each}`' for each in told.events)}.", ""]
    return [*lines, str(FROM_NOW), ""] if told.has_address else lines


def _permissions(kind: str, language: str) -> list[str]:
    from campaign import permissions

    if kind not in permissions.BY_SCOPE:
        return [f"- {each}" for each in permissions.BY_HAND[kind]]
    columns = HEADS[language][6]
    found = permissions.BY_SCOPE[kind].items()
    rows = [f"| `{scope}` | {each.why} | {each.without} |" for scope, each in found]
    return [f"| {' | '.join(columns)} |", "|---|---|---|", *rows]


def main() -> None:
    """Write every document."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("POSKO_MODE", "test")
    django.setup()
    from campaign import networks

    FOLDER.mkdir(exist_ok=True)
    for network in networks.NETWORKS:
        (FOLDER / f"{network.kind}.md").write_text(document(network.kind))


if __name__ == "__main__":
    main()
