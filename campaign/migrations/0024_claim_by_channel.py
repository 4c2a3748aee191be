from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"
UNDO = "ALTER FUNCTION campaign_claim(text, integer, interval) RESET enable_sort RESET enable_incremental_sort"


class Migration(migrations.Migration):
    dependencies = [
        ("campaign", "0023_talk_number"),
    ]

    operations = [
        migrations.RunSQL((SQL / "claim_by_channel.sql").read_text(), UNDO),
    ]
