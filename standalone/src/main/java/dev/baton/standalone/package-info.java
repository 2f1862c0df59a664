/** The server and its command line in one file, for those who have a Java and nothing else. */
@NullMarked
package dev.baton.standalone;

import org.jspecify.annotations.NullMarked;
