# The production binary, alone on an empty image: it is static, and carries its
# own time zone, migrations and pages. What it lacks is who to trust beyond this
# machine, such as Temporal Cloud: the certificate authorities.
#
#   docker build --build-arg VERSION="$(git describe --tags --always)" -t gestiones .

FROM golang:1.26.8-bookworm AS build
WORKDIR /src
COPY . .
ARG VERSION=dev
# No "go mod download" first: go.mod also names the Temporal server, for local
# mode, and this program needs none of it. The caches make the next build short.
RUN --mount=type=cache,target=/go/pkg/mod \
    --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /gestiones ./cmd/gestiones

FROM scratch
ARG VERSION=dev
LABEL org.opencontainers.image.title="gestiones" \
      org.opencontainers.image.description="Carga, control y planilla de las gestiones de atención al cliente (PA0580)" \
      org.opencontainers.image.version="${VERSION}"
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /gestiones /gestiones
# A number: there is no /etc/passwd, and Kubernetes' runAsNonRoot takes no name.
USER 65532:65532
# Less CPU for more memory: docs/adr/0004-worker-tuning.md
ENV GOGC=400
EXPOSE 8080
# For serve; whoever runs another command asks elsewhere, or not at all.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["/gestiones", "ready"]
ENTRYPOINT ["/gestiones"]
CMD ["serve"]
