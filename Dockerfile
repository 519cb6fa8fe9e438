# One image for everything of SmartPick; docker-compose.yml says which command each service runs. Beat alone writes, to var/.
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
    && useradd --system smartpick \
    && install --directory --owner smartpick var

USER smartpick
EXPOSE 8000
