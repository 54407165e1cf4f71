# The same processes as `manage.py up` runs, one to a container; docker-compose.yml says which container runs what.

FROM node:22-slim AS front
WORKDIR /static
COPY static/package.json static/package-lock.json static/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY static/ ./
RUN node build.mjs

FROM python:3.12-slim
ENV PYTHONUNBUFFERED=1 MALLOC_ARENA_MAX=1 PYTHONDONTWRITEBYTECODE=1 HELPDESK_VAR=/var/lib/onethread HOST=0.0.0.0
WORKDIR /app
COPY requirements.lock ./
RUN pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock
COPY . ./
COPY --from=front /static/dist ./static/dist
RUN python -m servestatic.compress --quiet static/dist \
    && useradd --system --home-dir /var/lib/onethread --create-home onethread \
    && install -d -o onethread /var/lib/onethread/uploads
USER onethread
VOLUME /var/lib/onethread
EXPOSE 8000 2525
CMD ["python", "-m", "helpdesk.web"]
