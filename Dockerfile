# The whole program, as a user without rights; its only writable place is /data.
# Build: docker build -t recognition-watch .      Run: see compose.yaml and docs/operations.md.

FROM python:3.11-slim-bookworm AS build
WORKDIR /src
RUN python -m venv /app
# What is pinned and hashed first: it changes less often than the program.
COPY requirements.lock ./
RUN /app/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . .
RUN /app/bin/pip install --no-cache-dir --no-deps --no-build-isolation . \
    && /app/bin/pip uninstall --yes setuptools pip

FROM python:3.11-slim-bookworm
LABEL org.opencontainers.image.title="Recognition Watch" \
      org.opencontainers.image.licenses="MIT"
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin watch \
    && install -d -o watch -g watch -m 700 /data
COPY --from=build /app /app
ENV PATH=/app/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DATA_DIR=/data \
    HTTP_HOST=0.0.0.0 \
    LOG_FORMAT=json
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ.get('HTTP_PORT', '8080') + '/healthz', timeout=4)"]
ENTRYPOINT ["recognition-watch"]
CMD ["run"]
