from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("campaign", "0014_ideas"),
    ]

    operations = [
        migrations.RunSQL((SQL / "rights.sql").read_text()),
    ]
