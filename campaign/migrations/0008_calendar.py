from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaign", "0007_duties"),
    ]

    operations = [
        migrations.CreateModel(
            name="FeedKey",
            fields=[
                (
                    "member",
                    models.OneToOneField(
                        on_delete=models.deletion.CASCADE,
                        primary_key=True,
                        related_name="feed_key",
                        serialize=False,
                        to="campaign.member",
                    ),
                ),
                ("digest", models.CharField(help_text="SHA-256 of the key.", max_length=64, unique=True)),
                ("made_at", models.DateTimeField()),
            ],
        ),
        migrations.AddIndex(
            model_name="post",
            index=models.Index(fields=["campaign", "planned_at"], name="post_planned"),
        ),
    ]
