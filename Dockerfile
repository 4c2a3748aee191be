# The production image: web, workers and beat are the same image with another command (see docker-compose.yml).
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /posko

COPY requirements.txt ./
RUN pip install --require-hashes -r requirements.txt

# pg_dump and psql of the server's version, for backups.
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends postgresql-common ca-certificates \
    && /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y \
    && apt-get install -y -qq --no-install-recommends postgresql-client-18 && rm -rf /var/lib/apt/lists/*

COPY . ./
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/posko posko \
    && python -m compileall -q . \
    # As production stores them, named by their content. It wants its settings, so it gets some that open nothing.
    && POSKO_MODE=production POSKO_BASE_URL=https://nowhere.invalid POSKO_HOSTS=nowhere.invalid POSKO_SECRET_KEY=none \
       POSKO_FIELD_KEYS=none DATABASE_URL=postgres://nowhere.invalid/none REDIS_URL=redis://nowhere.invalid/0 \
       python manage.py collectstatic --no-input -v 0

USER posko
ENV POSKO_MODE=production POSKO_STATE=/var/lib/posko
VOLUME /var/lib/posko
EXPOSE 8000
# A proxy in front ends TLS and sends X-Forwarded-Proto. The log tells what was asked and how it went, never by whom:
# no address, no browser, no referrer, no query.
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "4", \
     "--threads", "8", "--no-control-socket", "--worker-tmp-dir", "/dev/shm", "--access-logfile", "-", \
     "--access-logformat", "%(t)s %(m)s %(U)s %(s)s %(b)s %(M)sms"]
