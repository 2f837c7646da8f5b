from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("observe", "0005_bulletin")]

    operations = [
        migrations.CreateModel(
            name='Wis2Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('message_id', models.CharField(max_length=100, unique=True)),
                ('station', models.CharField(blank=True, max_length=32)),
                ('time', models.DateTimeField()),
                ('revision', models.IntegerField(default=0)),
                ('known', models.DateTimeField()),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('data_id', models.CharField(max_length=600)),
                ('topic', models.CharField(max_length=300)),
                ('path', models.CharField(blank=True, max_length=200)),
                ('document', models.TextField(blank=True)),
                ('prepared', models.DateTimeField()),
                ('state', models.CharField(choices=[('waiting', '待发送'), ('sent', '已发送'), ('refused', '不能编码'), ('given_up', '已放弃')], default='waiting', max_length=12)),
                ('reason', models.TextField(blank=True)),
                ('tries', models.IntegerField(default=0)),
                ('next_try', models.FloatField(default=0)),
                ('sent', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'next_try'], name='observe_wis_state_b1baf7_idx'), models.Index(fields=['prepared'], name='observe_wis_prepare_cb3b04_idx')],
                'constraints': [models.UniqueConstraint(fields=('station', 'time', 'revision'), name='wis2_message_once')],
            },
        ),
        migrations.CreateModel(
            name='Wis2Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('message_id', models.CharField(max_length=100, unique=True)),
                ('data_id', models.CharField(max_length=600)),
                ('pubtime', models.DateTimeField(null=True)),
                ('topic', models.CharField(max_length=300)),
                ('centre', models.CharField(blank=True, max_length=80)),
                ('link', models.TextField(blank=True)),
                ('host', models.CharField(blank=True, max_length=200)),
                ('document', models.TextField()),
                ('received', models.DateTimeField()),
                ('repeats', models.IntegerField(default=0)),
                ('state', models.CharField(choices=[('waiting', '待获取'), ('done', '已接收'), ('unchanged', '未变化'), ('ignored', '不需获取'), ('refused', '通知不合规'), ('quarantined', '校验失败'), ('given_up', '已放弃')], default='waiting', max_length=12)),
                ('reason', models.TextField(blank=True)),
                ('tries', models.IntegerField(default=0)),
                ('next_try', models.FloatField(default=0)),
                ('finished', models.DateTimeField(null=True)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('size', models.BigIntegerField(default=0)),
                ('etag', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'next_try'], name='observe_wis_state_bbf290_idx'), models.Index(fields=['received'], name='observe_wis_receive_7b8c23_idx')],
                'constraints': [models.UniqueConstraint(fields=('data_id', 'pubtime'), name='wis2_notice_once')],
            },
        ),
    ]
