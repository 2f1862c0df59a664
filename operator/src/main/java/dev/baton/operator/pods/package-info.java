/**
 * Watches the workers' pods and tells the server of their end at once.
 *
 * <pre>
 *   informer --PodLife--> signals --PodReporter, one lane a pod--> POST .../drain, gone, resume
 * </pre>
 *
 * <p>This runs beside the reconciler, not behind it: between the watch event and the call lies no
 * queue. To tell the server twice, or too early, does no harm: every task is fenced by its version.
 */
@NullMarked
package dev.baton.operator.pods;

import org.jspecify.annotations.NullMarked;
