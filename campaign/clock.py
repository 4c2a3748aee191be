"""Time is Postgres' clock: workers on several machines then agree on what is due."""

from datetime import datetime

from django.db import connection, models


class Moment(models.Func):
    """This moment, inside a query."""

    function = "campaign_now"
    output_field = models.DateTimeField()


def now() -> datetime:
    """This moment, aware, by the database's clock. One query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT campaign_now()")
        row = cursor.fetchone()
    assert row is not None
    moment: datetime = row[0]
    return moment
