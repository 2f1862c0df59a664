package dev.baton.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class RemoteExceptionTest {

  @Test
  void causesAreKeptWhereItIsSerialized() throws IOException, ClassNotFoundException {
    var causes = List.of(new RemoteException.Cause("java.io.IOException", "the bank is closed"));
    var failure = new RemoteException("a", "Shop$Refused", "no money", "at Shop.charge", causes);
    var bytes = new ByteArrayOutputStream();
    try (var out = new ObjectOutputStream(bytes)) {
      out.writeObject(failure);
    }
    try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      var read = (RemoteException) in.readObject();
      assertThat(read.remoteCauses()).isEqualTo(causes);
      assertThat(read).hasMessage(failure.getMessage());
    }
  }
}
