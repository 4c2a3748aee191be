from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("campaign", "0015_rights"),
    ]

    operations = [
        migrations.RunSQL((SQL / "handing.sql").read_text()),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(condition=models.Q(("state", "handed")), fields=["look_at"], name="delivery_handed"),
        ),
    ]
