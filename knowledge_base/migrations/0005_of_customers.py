from django.db import migrations, models


class Migration(migrations.Migration):
    """What a customer said and was offered is asked for by customer: on the timeline, and at the next ticket."""

    dependencies = [
        ("knowledge_base", "0004_find_articles"),
    ]

    operations = [
        migrations.AddIndex("vote", models.Index(fields=["visitor", "-at"], name="vote_of_visitor")),
        *(
            migrations.AddIndex(
                model,
                models.Index(
                    condition=models.Q(("customer_id__isnull", False)),
                    fields=["customer_id", "-at"],
                    name=f"{model}_of_customer",
                ),
            )
            for model in ("comment", "offer", "vote")
        ),
    ]
