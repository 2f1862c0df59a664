/** Tests of the whole: as processes on this machine, and on a real Kubernetes. */
@NullMarked
package dev.baton.e2e;

import org.jspecify.annotations.NullMarked;
