# "Published there by hand" needs the name that it has there.

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaign", "0018_reserved_files"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="delivery",
            name="delivery_handed",
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("look_at__isnull", False), ("state__in", ("handed", "sent"))),
                fields=["look_at"],
                name="delivery_by_hand",
            ),
        ),
    ]
