/** Tests of the resource and of its CRD. */
@NullMarked
package dev.baton.operator.api.v1alpha1;

import org.jspecify.annotations.NullMarked;
