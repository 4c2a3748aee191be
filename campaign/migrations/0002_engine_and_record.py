"""What the database itself refuses, and the engine's statements."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("campaign", "0001_initial")]
    operations = [
        migrations.RunSQL((SQL / "delivery.sql").read_text()),
        migrations.RunSQL((SQL / "record.sql").read_text()),
        migrations.RunSQL((SQL / "rules.sql").read_text()),
    ]
