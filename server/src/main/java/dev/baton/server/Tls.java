package dev.baton.server;

import dev.baton.server.config.ConfigurationException;
import dev.baton.server.config.ServerConfig.TlsFiles;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.DelegatingSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.spi.tls.DefaultSslContextFactory;
import io.vertx.core.spi.tls.SslContextFactory;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.concurrent.Executor;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate that clients are shown, from files that somebody else writes anew. Each handshake
 * takes the one of its moment, so connections that are open stay, and none that comes meanwhile
 * meets a port without one. Thread-safe.
 */
final class Tls implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Tls.class);

  /** What the files held, and how it is used. */
  private record Held(int number, PemKeyCertOptions files, X509ExtendedKeyManager keys) {}

  /** What the JDK reads when it first shakes hands. Who has set it means it. */
  private static final String NO_FURTHER_HANDSHAKE = "jdk.tls.rejectClientInitiatedRenegotiation";

  private final Vertx vertx;
  private final TlsFiles files;
  private final Handshakes handshakes;
  private volatile Held current;

  /** A handshake that has begun with it may still ask for it. */
  private volatile Held before;

  /**
   * With what the files hold now.
   *
   * @throws ConfigurationException if that is not a certificate and its key
   */
  Tls(Vertx vertx, TlsFiles files) {
    if (System.getProperty(NO_FURTHER_HANDSHAKE) == null) {
      // Each is a signature on an event loop that others wait for, and costs a client nothing.
      System.setProperty(NO_FURTHER_HANDSHAKE, "true");
    }
    this.vertx = vertx;
    this.files = files;
    this.current = read(0);
    this.before = current;
    this.handshakes = new Handshakes();
  }

  HttpServerOptions on(HttpServerOptions options) {
    return options
        .setSsl(true)
        .setUseAlpn(true)
        .setHttp2ClearTextEnabled(false)
        .setSslEngineOptions(new Engines())
        .setKeyCertOptions(KeyCertOptions.wrap(new Keys()));
  }

  /** Reads the files again; what cannot be used leaves all as it is. Blocks. */
  synchronized boolean reload() {
    Held next;
    try {
      next = read(current.number + 1);
    } catch (ConfigurationException e) {
      LOG.error("The certificate stays as it was: {}", e.getMessage());
      return false;
    }
    if (next.files.equals(current.files)) {
      return false;
    }
    before = current;
    current = next;
    LOG.info("The certificate of server.tls_cert is another now");
    return true;
  }

  private Held read(int number) {
    PemKeyCertOptions options =
        new PemKeyCertOptions()
            .setCertValue(bytes("server.tls_cert", files.certificate()))
            .setKeyValue(bytes("server.tls_key", files.key()));
    String why = "it is of no known kind";
    try {
      for (KeyManager manager : options.getKeyManagerFactory(vertx).getKeyManagers()) {
        if (manager instanceof X509ExtendedKeyManager keys) {
          return new Held(number, options, keys);
        }
      }
    } catch (Exception e) {
      why = String.valueOf(e.getMessage());
    }
    throw new ConfigurationException(
        "server.tls_cert %s and server.tls_key %s: not a PEM certificate and its PKCS 8 key: %s"
            .formatted(files.certificate(), files.key(), why));
  }

  private static Buffer bytes(String key, String file) {
    try {
      return Buffer.buffer(Files.readAllBytes(Path.of(file)));
    } catch (IOException e) {
      throw new ConfigurationException(
          "%s %s: not a file that can be read: %s".formatted(key, file, e.getMessage()));
    }
  }

  /** What was held when an alias was chosen, which begins with its number. */
  private Held of(String alias) {
    Held last = before;
    return alias.startsWith(last.number + " ") ? last : current;
  }

  private static String own(String alias) {
    return alias.substring(alias.indexOf(' ') + 1);
  }

  /** Ends what handshakes are computed on; the ports are closed. */
  @Override
  public void close() {
    handshakes.close();
  }

  /** The JDK's, whose handshakes are not computed on event loops. */
  private final class Engines extends JdkSSLEngineOptions {

    @Override
    public JdkSSLEngineOptions copy() {
      return new Engines();
    }

    @Override
    public SslContextFactory sslContextFactory() {
      return new DefaultSslContextFactory(SslProvider.JDK, false) {
        @Override
        public SslContext create() throws SSLException {
          return new Context(super.create());
        }
      };
    }
  }

  private final class Context extends DelegatingSslContext {

    Context(SslContext of) {
      super(of);
    }

    @Override
    protected SslHandler newHandler(
        ByteBufAllocator buffers, String host, int port, boolean startTls, Executor executor) {
      return super.newHandler(buffers, host, port, startTls, handshakes.of(host));
    }

    @Override
    protected void initEngine(SSLEngine engine) {}
  }

  /** Of a server: clients are not asked for certificates. */
  private final class Keys extends X509ExtendedKeyManager {

    @Override
    public @Nullable String chooseEngineServerAlias(
        String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
      Held held = current;
      String alias = held.keys.chooseEngineServerAlias(keyType, issuers, engine);
      return alias == null ? null : held.number + " " + alias;
    }

    @Override
    public @Nullable String chooseServerAlias(
        String keyType, Principal @Nullable [] issuers, Socket socket) {
      Held held = current;
      String alias = held.keys.chooseServerAlias(keyType, issuers, socket);
      return alias == null ? null : held.number + " " + alias;
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
      return of(alias).keys.getCertificateChain(own(alias));
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
      return of(alias).keys.getPrivateKey(own(alias));
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
      return null;
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
      return null;
    }

    @Override
    public @Nullable String chooseClientAlias(
        String[] keyTypes, Principal @Nullable [] issuers, Socket socket) {
      return null;
    }
  }
}
