"""Money and days as Indonesians write them."""

from datetime import date

from django.utils.formats import date_format, number_format


def rupiah(amount: int) -> str:
    """Rp1.500.000."""
    return f"Rp{number_format(amount, use_l10n=True, force_grouping=True)}"


def days(first: date, last: date) -> str:
    """3 Feb 2029 · 3–5 Feb 2029 · 30 Jan – 2 Feb 2029 · 30 Des 2028 – 2 Jan 2029."""
    end = date_format(last, "j M Y")
    if first == last:
        return end
    if first.year != last.year:
        return f"{date_format(first, 'j M Y')} – {end}"
    if first.month != last.month:
        return f"{date_format(first, 'j M')} – {end}"
    return f"{first.day}–{end}"
