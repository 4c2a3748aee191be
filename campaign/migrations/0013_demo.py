"""The congratulation on a campaign's first post can be put away."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaign", "0012_reserved_addresses")]

    operations = [
        migrations.AddField(
            model_name="campaign",
            name="greeted_at",
            field=models.DateTimeField(null=True, help_text="When the congratulation on its first post was put away."),
        ),
    ]
