package dev.baton.server.storage.postgres;

import dev.baton.core.Schedule;
import dev.baton.core.UnreadableException;
import dev.baton.server.storage.UnreadableRows;
import dev.baton.server.storage.UnreadableRows.Kind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Reads schedules in portions that are bounded in rows and bytes: one may be as large as a request,
 * so those that are large are read one at a time.
 */
final class ScheduleRows {

  /** How many rows are taken at a time. */
  static final int ROWS_A_PORTION = 500;

  /** What is larger in tags and parameter is read by itself. */
  static final int MOST_BYTES = 4 << 10;

  private static final int TAGS = 8;

  private static final String SMALL = "SELECT " + Columns.SMALL_SCHEDULE + " FROM baton_schedules";
  private static final String SMALL_OF = SMALL + " WHERE id = ANY (?)";
  private static final String LARGE =
      "SELECT " + Columns.SCHEDULE + " FROM baton_schedules WHERE id = ?";

  private final Connection connection;
  private final UnreadableRows unreadable;

  ScheduleRows(Connection connection, UnreadableRows unreadable) {
    this.connection = connection;
    this.unreadable = unreadable;
  }

  /** Shows all that can be read; in a transaction, in which alone there are portions. */
  void all(Consumer<Schedule> taker) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(SMALL)) {
      select.setFetchSize(ROWS_A_PORTION);
      show(select, taker);
    }
  }

  /** Shows those of these ids that are there and can be read. */
  void of(String[] ids, Consumer<Schedule> taker) throws SQLException {
    for (int from = 0; from < ids.length; from += ROWS_A_PORTION) {
      String[] portion = Arrays.copyOfRange(ids, from, Math.min(ids.length, from + ROWS_A_PORTION));
      try (PreparedStatement select = connection.prepareStatement(SMALL_OF)) {
        select.setArray(1, connection.createArrayOf("text", portion));
        show(select, taker);
      }
    }
  }

  private void show(PreparedStatement small, Consumer<Schedule> taker) throws SQLException {
    List<String> large = new ArrayList<>();
    try (ResultSet row = small.executeQuery()) {
      while (row.next()) {
        if (row.getBytes(TAGS) == null) {
          large.add(row.getString(1));
        } else {
          take(row, taker);
        }
      }
    }
    if (large.isEmpty()) {
      return;
    }
    try (PreparedStatement select = connection.prepareStatement(LARGE)) {
      for (String id : large) {
        select.setString(1, id);
        try (ResultSet row = select.executeQuery()) {
          if (row.next()) {
            take(row, taker);
          }
        }
      }
    }
  }

  private void take(ResultSet row, Consumer<Schedule> taker) throws SQLException {
    Schedule schedule;
    try {
      schedule = Columns.read(row, 1, Kind.SCHEDULE, unreadable, Columns::schedule);
    } catch (UnreadableException _) {
      return; // It has been reported.
    }
    taker.accept(schedule);
  }
}
