# syntax=docker/dockerfile:1
# Five targets: `exporter`, small; `loadtest`, which measures as well; `tools`, with the reporter; `portal`, which draws
# reports, too; and `backup`, with restic and the servers that a proof runs. All run as a user without rights and write to /var/lib/perfanalysis only, so that the root file system can be read-only.
# docs/deployment.md says how another base is pinned by its digest, and how a release is built for arm64.
ARG BASE=python:3.11-slim-bookworm@sha256:a36c24f9cbdf4fd0f52d67f0823eeac19c2028c637cecc392d97f980d4fec56b

FROM ${BASE} AS build
# A base of Debian's own Python needs python3-dev and python3-venv besides.
ARG BUILD_PACKAGES="gcc libc6-dev libssl-dev libzstd-dev zlib1g-dev"
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ${BUILD_PACKAGES} \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
RUN install -d -o 65532 -g 65532 /state /state/state /state/textfile /state/reports

# Who builds one of them does not wait for the others' packages.
FROM build AS build-exporter
RUN deploy/images/install /opt/exporter '[cri,systemd]'

FROM build AS build-loadtest
RUN deploy/images/install /opt/loadtest '[loadtest,cri,systemd]'

FROM build AS build-tools
RUN deploy/images/install /opt/tools '[report,s3,dashboards]'

FROM build AS build-portal
RUN deploy/images/install /opt/portal '[portal,report]'

FROM build AS build-backup
RUN deploy/images/install /opt/backup '[postgresql]'

FROM ${BASE} AS runtime
ARG VERSION=0.2.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="PerfAnalysis" \
      org.opencontainers.image.description="Prometheus exporter, load test and price-performance report" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
RUN groupadd --system --gid 65532 perfanalysis \
    && useradd --system --uid 65532 --gid 65532 --home-dir /var/lib/perfanalysis --no-create-home perfanalysis
COPY --from=build --chown=65532:65532 /state /var/lib/perfanalysis
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER 65532:65532
WORKDIR /var/lib/perfanalysis
ENTRYPOINT ["perfanalysis"]

# What draws reports.
FROM runtime AS drawing
USER 0:0
# Fonts for names in other scripts and for emoji, two thirds of the packages' size; "" leaves them out.
ARG OTHER_SCRIPTS="fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji"
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-inter fonts-dejavu-core fontconfig \
        ${OTHER_SCRIPTS} \
    && rm -rf /var/lib/apt/lists/*
ENV MPLCONFIGDIR=/tmp/matplotlib
USER 65532:65532

FROM drawing AS tools
COPY deploy/images/report-each-day /usr/local/bin/
COPY --from=build-tools /opt/tools /opt/tools
ENV PATH=/opt/tools/bin:$PATH
CMD ["--help"]

FROM drawing AS portal
COPY --from=build-portal /opt/portal /opt/portal
ENV PATH=/opt/portal/bin:$PATH PERFANALYSIS_STATE_DIRECTORY=/var/lib/perfanalysis/state
EXPOSE 9480
HEALTHCHECK --interval=15s --timeout=5s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:9480/healthz', timeout=3)"]
CMD ["portal", "serve", "--no-first-key", "--host=0.0.0.0", "--behind-proxy"]

FROM runtime AS backup
USER 0:0
# A proof needs servers of the sources' version or later; "" leaves one out. The package would make a cluster, and start it.
ARG SERVERS="postgresql-15 prometheus"
# hadolint ignore=DL3008
RUN mkdir -p /etc/postgresql-common \
    && echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf \
    && apt-get update \
    && apt-get install --yes --no-install-recommends restic ${SERVERS} \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build-backup /opt/backup /opt/backup
ENV PATH=/opt/backup/bin:/usr/lib/postgresql/15/bin:$PATH
USER 65532:65532
CMD ["backup", "--help"]

FROM runtime AS loadtest
COPY --from=build-loadtest /opt/loadtest /opt/loadtest
ENV PATH=/opt/loadtest/bin:$PATH
CMD ["loadtest", "run"]

FROM runtime AS exporter
COPY --from=build-exporter /opt/exporter /opt/exporter
ENV PATH=/opt/exporter/bin:$PATH
EXPOSE 9100
HEALTHCHECK --interval=15s --timeout=5s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:9100/healthz', timeout=3)"]
CMD ["exporter", "--web.listen-address=:9100", \
     "--path.procfs=/host/proc", "--path.sysfs=/host/sys", "--path.rootfs=/host/root"]
