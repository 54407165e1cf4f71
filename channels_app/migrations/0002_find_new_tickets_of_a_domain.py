from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("channels_app", "0001_initial"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="inboundpayload",
            index=models.Index(
                models.Func(
                    models.F("sender"),
                    models.Value("@"),
                    models.Value(-1),
                    function="split_part",
                    output_field=models.CharField(),
                ),
                models.F("received_at"),
                condition=models.Q(("rule__in", ["new", "storm"])),
                name="payload_of_domain",
            ),
        ),
    ]
