# One image for web service, worker and migrations; compose.yaml names the command of each.

FROM node:22-slim AS front-end
WORKDIR /front-end
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM python:3.12-slim AS libraries
RUN python -m venv /opt/engage
COPY requirements-production.lock .
RUN /opt/engage/bin/pip install --no-cache-dir --require-hashes --requirement requirements-production.lock

FROM python:3.12-slim AS trained
RUN python -m venv /opt/training
COPY requirements-training.lock .
RUN /opt/training/bin/pip install --no-cache-dir --require-hashes --requirement requirements-training.lock
WORKDIR /app
COPY engage engage
COPY messaging messaging
RUN PYTHONPATH=/app /opt/training/bin/python -m engage.understanding.classifier.training

FROM python:3.12-slim
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin engage
ENV PATH=/opt/engage/bin:$PATH \
    PYTHONPATH=/app \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    ENGAGE_ENV=production \
    ENGAGE_HOST=0.0.0.0
WORKDIR /app
COPY --from=libraries /opt/engage /opt/engage
COPY --from=front-end /front-end/node_modules node_modules
COPY alembic.ini gunicorn.conf.py wsgi.py ./
COPY migrations migrations
COPY messaging messaging
COPY engage engage
COPY --from=trained /app/engage/understanding/classifier/trained engage/understanding/classifier/trained
COPY api api
RUN python -m compileall -q api engage messaging migrations
USER engage
EXPOSE 5000
CMD ["gunicorn", "wsgi:app"]
