from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("kit", "0001_initial")]

    operations = []
