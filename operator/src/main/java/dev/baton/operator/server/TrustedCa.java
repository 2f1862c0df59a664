package dev.baton.operator.server;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Trusts the authorities of a PEM file, as it is at each new connection, besides those that the
 * system trusts. Thread-safe.
 */
public final class TrustedCa extends X509ExtendedTrustManager {

  private final Path file;
  private final X509ExtendedTrustManager system = manager(null);
  private @Nullable X509ExtendedTrustManager own;
  private @Nullable FileTime readAs;

  private TrustedCa(Path file) {
    this.file = file;
  }

  /** For a client. */
  public static SSLContext context(Path file) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new TrustedCa(file)}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has TLS", e);
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    try {
      own().checkServerTrusted(chain, type, engine);
    } catch (CertificateException e) {
      try {
        system.checkServerTrusted(chain, type, engine);
      } catch (CertificateException _) {
        throw e;
      }
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    own().checkServerTrusted(chain, type, socket);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    own().checkServerTrusted(chain, type);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    throw new CertificateException("clients are not asked");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    throw new CertificateException("clients are not asked");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    throw new CertificateException("clients are not asked");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return system.getAcceptedIssuers();
  }

  private synchronized X509ExtendedTrustManager own() throws CertificateException {
    try {
      FileTime time = Files.getLastModifiedTime(file);
      X509ExtendedTrustManager known = own;
      if (known == null || !time.equals(readAs)) {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        int number = 0;
        try (InputStream in = Files.newInputStream(file)) {
          for (Certificate each :
              CertificateFactory.getInstance("X.509").generateCertificates(in)) {
            store.setCertificateEntry("ca-" + number++, each);
          }
        }
        known = manager(store);
        own = known;
        readAs = time;
      }
      return known;
    } catch (IOException | GeneralSecurityException e) {
      throw new CertificateException(file + " holds no certificates that can be read", e);
    }
  }

  private static X509ExtendedTrustManager manager(@Nullable KeyStore store) {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509ExtendedTrustManager found) {
          return found;
        }
      }
      throw new IllegalStateException("no trust manager for X.509");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java checks certificates", e);
    }
  }
}
