#!/usr/bin/env bash
# Builds the image baton-python-worker:dev and copies it into the Kubernetes that runs in a container: image.sh CONTAINER
# (none: only builds it; fetch: only fetches what it is made of)
# Exit code 3: this machine has no Python that the SDK accepts.
set -euo pipefail
container=$1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
work=$here/../target/python-worker
image=baton-python-worker:dev

python=$(cd "$here/../interop/driver" && python3 -c 'import sdks; print(sdks.python_at_least((3, 12))[0])') || exit 3

mkdir -p "$work/app"
cp "$here/worker.py" "$work/app/"
if [ ! -d "$work/app/site" ]; then
  base=$("$python" -c 'import sys; print(sys.base_prefix)')
  release=$("$python" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')
  rm -rf "$work/python"
  mkdir -p "$work/python/bin" "$work/python/lib" "$work/python/needed"
  cp -L "$base/bin/$release" "$work/python/bin/python3"
  tar -C "$base/lib" -c --exclude=__pycache__ --exclude=test --exclude=idlelib --exclude=tkinter --exclude=ensurepip \
    --exclude=site-packages --exclude='config-*' "$release" | tar -C "$work/python/lib" -x
  # All but the C library, which the image has, too.
  ldd "$work/python/bin/python3" "$work/python/lib/$release/lib-dynload/"*.so | awk '$2 == "=>" && $3 ~ "^/" {print $3}' | sort -u \
    | grep -Ev '/(libc|libm|libdl|librt|libpthread|libutil)\.so' | xargs -I{} cp -L {} "$work/python/needed/"
  "$python" -m pip install --quiet --disable-pip-version-check --target "$work/app/site.new" -r "$here/requirements.txt"
  mv "$work/app/site.new" "$work/app/site"
fi
[ "$container" != fetch ] || exit 0
cp "$here/Dockerfile" "$work/"
docker build --quiet -t "$image" "$work"
[ "$container" = none ] || docker save "$image" | docker exec -i "$container" ctr -n k8s.io images import - >/dev/null
