# syntax=docker/dockerfile:1
# Two targets: `exporter`, small, and `tools`, with load test and reporter. Both run as a user without
# rights and write to /var/lib/perfanalysis only, so that the root file system can be read-only.
ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS build
RUN apt-get update \
    && apt-get install --yes --no-install-recommends gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
RUN python -m venv /opt/exporter \
    && /opt/exporter/bin/pip install --no-cache-dir --constraint constraints.txt .
RUN python -m venv /opt/tools \
    && /opt/tools/bin/pip install --no-cache-dir --constraint constraints.txt '.[report,dashboards]'

FROM ${BASE} AS runtime
RUN useradd --system --uid 65532 --home-dir /var/lib/perfanalysis --create-home perfanalysis
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER 65532:65532
WORKDIR /var/lib/perfanalysis
ENTRYPOINT ["perfanalysis"]

FROM runtime AS tools
USER root
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-inter fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/tools /opt/tools
ENV PATH=/opt/tools/bin:$PATH MPLCONFIGDIR=/tmp/matplotlib
USER 65532:65532
CMD ["--help"]

FROM runtime AS exporter
COPY --from=build /opt/exporter /opt/exporter
ENV PATH=/opt/exporter/bin:$PATH
EXPOSE 9100
CMD ["exporter", "--web.listen-address=0.0.0.0:9100", \
     "--path.procfs=/host/proc", "--path.sysfs=/host/sys", "--path.rootfs=/host/root"]
