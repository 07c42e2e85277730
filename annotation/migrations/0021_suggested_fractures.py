from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('annotation', '0020_absences_and_modifiers'),
    ]

    operations = [
        migrations.AddField(
            model_name='proposedvertebra',
            name='suggestion',
            field=models.JSONField(blank=True, null=True),
        ),
    ]
