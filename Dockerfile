# One image for web, worker and migration; docker-compose.yml says which command each runs.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1
WORKDIR /app

# Packages first: this layer is built again only when they change.
COPY requirements.txt constraints.txt ./
RUN pip install --no-cache-dir -c constraints.txt -r requirements.txt

COPY . .
# The secret and the host serve this one command; the container gets its own at start.
RUN SECRET_KEY=only-while-building ALLOWED_HOSTS=localhost python manage.py collectstatic --noinput \
    && python -m compileall -q smartpick programs applicants matching \
    && useradd --system smartpick

USER smartpick
EXPOSE 8000
CMD ["gunicorn", "smartpick.wsgi", "--worker-class", "sync", "--workers", "2", "--bind", "0.0.0.0:8000", "--worker-tmp-dir", "/dev/shm", "--no-control-socket", "--access-logfile", "-"]
