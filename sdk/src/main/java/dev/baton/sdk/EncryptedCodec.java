package dev.baton.sdk;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * Values that the server and whoever reads its store cannot read: each argument, result and failure
 * is encrypted and authenticated with AES in GCM under a random nonce. Function names, step names,
 * ids, tags and times stay as they are. Immutable; used by many threads at once.
 *
 * {@snippet file="dev/baton/sdk/Snippets.java" region="encryption"}
 *
 * <p>What is not encrypted is read as it is, so that calls from before, and from those who have no
 * key, go on. One key should not encrypt more than some four thousand million values.
 */
public final class EncryptedCodec implements Codec {

  private static final String ALGORITHM = "AES/GCM/NoPadding";
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  /** The members of what is stored. */
  private static final String KEY = "@sealed";

  private static final String DATA = "data";

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Codec inner;
  private final Map<String, SecretKey> keys;
  private final String current;

  private EncryptedCodec(Codec inner, Map<String, SecretKey> keys, String current) {
    this.inner = inner;
    this.keys = keys;
    this.current = current;
  }

  /**
   * Encrypts what that codec writes.
   *
   * @param keyId stored with each value, to find its key again; not blank
   * @param key an AES key of 128, 192 or 256 bits
   * @throws IllegalArgumentException if AES does not take the key
   */
  public static EncryptedCodec of(Codec inner, String keyId, SecretKey key) {
    return new EncryptedCodec(inner, Map.of(), keyId).withKey(keyId, key);
  }

  /**
   * Encrypts with that key from now on, and still reads what was encrypted with those before. Give
   * a new key to all processes with {@link #withOldKey} before the first encrypts with it.
   */
  public EncryptedCodec withKey(String keyId, SecretKey key) {
    return new EncryptedCodec(inner, with(keyId, key), keyId);
  }

  /** Also reads what was, or will be, encrypted with that key. */
  public EncryptedCodec withOldKey(String keyId, SecretKey key) {
    return new EncryptedCodec(inner, with(keyId, key), current);
  }

  private Map<String, SecretKey> with(String keyId, SecretKey key) {
    if (keyId.isBlank()) {
      throw new IllegalArgumentException("the id of the key is blank");
    }
    try {
      cipher(Cipher.ENCRYPT_MODE, keyId, key, new byte[NONCE_BYTES]);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("key " + keyId + " is none for AES: " + e.getMessage(), e);
    }
    var all = new LinkedHashMap<>(keys);
    all.put(keyId, key);
    return Map.copyOf(all);
  }

  @Override
  public byte[] write(Object value) throws IOException {
    return inner.write(value);
  }

  @Override
  public @Nullable Object read(byte[] json, Type type) throws IOException {
    return inner.read(json, type);
  }

  @Override
  public byte[] seal(byte[] json) throws IOException {
    byte[] nonce = new byte[NONCE_BYTES];
    RANDOM.nextBytes(nonce);
    try {
      var key = keys.get(current);
      if (key == null) {
        throw new IOException("there is no key " + current);
      }
      byte[] hidden = cipher(Cipher.ENCRYPT_MODE, current, key, nonce).doFinal(inner.seal(json));
      byte[] all = Arrays.copyOf(nonce, nonce.length + hidden.length);
      System.arraycopy(hidden, 0, all, nonce.length, hidden.length);
      var node = MAPPER.createObjectNode();
      node.put(KEY, current);
      node.put(DATA, Base64.getEncoder().encodeToString(all));
      return MAPPER.writeValueAsBytes(node);
    } catch (GeneralSecurityException e) {
      throw new IOException("it cannot be encrypted: " + e.getMessage(), e);
    }
  }

  @Override
  public byte[] open(byte[] sealed) throws IOException {
    if (sealed.length == 0 || sealed[0] != '{') {
      return inner.open(sealed);
    }
    JsonNode node = MAPPER.readTree(sealed);
    if (node.size() != 2 || !node.path(KEY).isTextual() || !node.path(DATA).isTextual()) {
      return inner.open(sealed);
    }
    String keyId = node.path(KEY).textValue();
    var key = keys.get(keyId);
    if (key == null) {
      throw new IOException("it is encrypted with key '" + keyId + "', which is not here");
    }
    try {
      byte[] all = Base64.getDecoder().decode(node.path(DATA).textValue());
      if (all.length < NONCE_BYTES) {
        throw new GeneralSecurityException("it is too short");
      }
      byte[] nonce = Arrays.copyOf(all, NONCE_BYTES);
      byte[] hidden = Arrays.copyOfRange(all, NONCE_BYTES, all.length);
      return inner.open(cipher(Cipher.DECRYPT_MODE, keyId, key, nonce).doFinal(hidden));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException("it is not what was encrypted with key '" + keyId + "'", e);
    }
  }

  private static Cipher cipher(int mode, String keyId, SecretKey key, byte[] nonce)
      throws GeneralSecurityException {
    var cipher = Cipher.getInstance(ALGORITHM);
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(keyId.getBytes(StandardCharsets.UTF_8));
    return cipher;
  }
}
