package dev.baton.legacy;

import dev.baton.core.Portion;
import dev.baton.core.Reader;
import org.jspecify.annotations.Nullable;

/** Looks at many rows, portion by portion, beside the engine. */
interface Search {

  /** Looks at the next portion; answers once all has been looked at, and null before. */
  @Nullable Reply step(Reader reader, Portion.Bound bound);
}
