# To be sourced: what Testcontainers cannot find out by itself.
# It takes a machine with a file /.dockerenv for a container and pulls an image to learn the way from there to Docker.
# Where the Docker engine runs on this very machine, the way is localhost.
if [ -z "${TESTCONTAINERS_HOST_OVERRIDE:-}" ] && [ -f /.dockerenv ] \
  && [ "$(docker info --format '{{.Name}}' 2>/dev/null)" = "$(hostname)" ]; then
  export TESTCONTAINERS_HOST_OVERRIDE=localhost
fi
