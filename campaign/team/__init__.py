"""The people of a campaign: inviting, joining, PINs, and the end of a membership."""
