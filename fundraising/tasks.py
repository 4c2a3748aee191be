"""When things run. Celery only wakes; the rows hold the time."""

from celery import shared_task

from fundraising import reminding


@shared_task(name="fundraising.remind_receipts", ignore_result=True)
def remind_receipts() -> None:
    """Four times a day: tell of receipts that are missing. A missed run only delays."""
    reminding.remind_all()
