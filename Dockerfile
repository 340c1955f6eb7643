# En bild för både schemaläggaren och webbservern; se docs/drift.md.
FROM python:3.12-slim AS build
WORKDIR /src
COPY . .
RUN python -m venv /opt/eu-bevakning \
 && /opt/eu-bevakning/bin/pip install --no-cache-dir --disable-pip-version-check -c constraints.txt .[cluster,copy]

FROM python:3.12-slim
RUN useradd --system --uid 10001 --home-dir /var/lib/eu-bevakning --create-home eu-bevakning
COPY --from=build /opt/eu-bevakning /opt/eu-bevakning
ENV PATH=/opt/eu-bevakning/bin:$PATH PYTHONUNBUFFERED=1 MONITOR_CONFIG=/var/lib/eu-bevakning/monitor.toml
USER eu-bevakning
WORKDIR /var/lib/eu-bevakning
VOLUME /var/lib/eu-bevakning
EXPOSE 8001
STOPSIGNAL SIGTERM
# Kod 1 är att en människa behövs; bilden själv är sjuk först när svaret uteblir.
HEALTHCHECK --interval=5m --timeout=60s --start-period=2m CMD monitor status --json > /dev/null || [ $? -eq 1 ]
ENTRYPOINT ["monitor"]
CMD ["run"]
