"""The pages a person sees: what is live on each network, as on a phone, with forms to act as a voter."""
