package dev.baton.server.storage.postgres;

import dev.baton.server.storage.rows.Batch;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/**
 * The keys of all rows that an owner has written since a moment: whoever has read the store after
 * that moment reads them again, and then knows what the owner knew.
 */
final class Touched {

  /** With more of them it is quicker to read everything. */
  private static final int MOST = 50_000;

  /** The form of {@link #bytes}. */
  private static final int FORM = 1;

  private static final String TOO_SHORT = "a list that ends too early";

  private final Set<String> promises;
  private final Set<Batch.Pair> callbacks;
  private final Set<Batch.Pair> listeners;
  private final Set<String> schedules;
  private boolean isTooMuch;

  /** Whether settings of groups may have been written. */
  private boolean hasGroups;

  Touched() {
    this(new HashSet<>(), new HashSet<>(), new HashSet<>(), new HashSet<>());
  }

  private Touched(
      Set<String> promises,
      Set<Batch.Pair> callbacks,
      Set<Batch.Pair> listeners,
      Set<String> schedules) {
    this.promises = promises;
    this.callbacks = callbacks;
    this.listeners = listeners;
    this.schedules = schedules;
  }

  /** A batch is about to be written. */
  void add(Batch batch) {
    if (batch.clears() || size() > MOST) {
      isTooMuch = true;
    }
    if (isTooMuch) {
      promises.clear();
      callbacks.clear();
      listeners.clear();
      schedules.clear();
      return;
    }
    promises.addAll(batch.rows().keySet());
    callbacks.addAll(batch.callbacks().keySet());
    listeners.addAll(batch.listeners().keySet());
    schedules.addAll(batch.schedules().keySet());
  }

  /** Settings of a group are about to be written. */
  void addGroups() {
    hasGroups = true;
  }

  /** Whether the groups' settings are to be read anew. */
  boolean hasGroups() {
    return hasGroups;
  }

  /** Of how many rows it tells. */
  int size() {
    return promises.size() + callbacks.size() + listeners.size() + schedules.size();
  }

  /** Whether everything is to be read anew. */
  boolean isTooMuch() {
    return isTooMuch;
  }

  Set<String> promises() {
    return promises;
  }

  Set<Batch.Pair> callbacks() {
    return callbacks;
  }

  Set<Batch.Pair> listeners() {
    return listeners;
  }

  Set<String> schedules() {
    return schedules;
  }

  /** As it is told to another server. */
  byte[] bytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(FORM);
      out.writeBoolean(isTooMuch);
      writeTexts(out, promises);
      writePairs(out, callbacks);
      writePairs(out, listeners);
      writeTexts(out, schedules);
      out.writeBoolean(hasGroups); // Who does not know of it reads them anew in any case.
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return bytes.toByteArray();
  }

  /**
   * Reads what another server has told.
   *
   * @throws IOException if it is not what this server understands
   */
  static Touched read(byte[] bytes) throws IOException {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int form = in.readInt();
      if (form != FORM) {
        throw new IOException("a list of form " + form + ", of which nothing is known here");
      }
      boolean isTooMuch = in.readBoolean();
      Touched read = new Touched(readTexts(in), readPairs(in), readPairs(in), readTexts(in));
      read.isTooMuch = isTooMuch;
      // An owner of an earlier version does not say.
      read.hasGroups = in.available() == 0 || in.readBoolean();
      return read;
    } catch (EOFException e) {
      throw new IOException(TOO_SHORT, e);
    }
  }

  private static void writeTexts(DataOutputStream out, Set<String> texts) throws IOException {
    out.writeInt(texts.size());
    for (String text : texts) {
      write(out, text);
    }
  }

  private static Set<String> readTexts(DataInputStream in) throws IOException {
    int count = in.readInt();
    Set<String> texts = new HashSet<>();
    for (int i = 0; i < count; i++) {
      texts.add(readText(in));
    }
    return texts;
  }

  private static void writePairs(DataOutputStream out, Set<Batch.Pair> pairs) throws IOException {
    out.writeInt(pairs.size());
    for (Batch.Pair pair : pairs) {
      write(out, pair.awaited());
      write(out, pair.other());
    }
  }

  private static Set<Batch.Pair> readPairs(DataInputStream in) throws IOException {
    int count = in.readInt();
    Set<Batch.Pair> pairs = new HashSet<>();
    for (int i = 0; i < count; i++) {
      pairs.add(new Batch.Pair(readText(in), readText(in)));
    }
    return pairs;
  }

  private static void write(DataOutputStream out, String text) throws IOException {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(utf8.length);
    out.write(utf8);
  }

  private static String readText(DataInputStream in) throws IOException {
    int length = in.readInt();
    byte[] utf8 = in.readNBytes(length);
    if (utf8.length < length) {
      throw new IOException(TOO_SHORT);
    }
    return new String(utf8, StandardCharsets.UTF_8);
  }
}
