package io.shop.connector;

import jakarta.persistence.EntityManager;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;

public class OrderRepository {
    private static final String TABLE = "orders";
    private final JdbcTemplate jdbc;
    private final EntityManager entities;

    public OrderRepository(JdbcTemplate jdbc, EntityManager entities) {
        this.jdbc = jdbc;
        this.entities = entities;
    }

    public List<Order> byCustomer(String customer) {
        return jdbc.query("SELECT * FROM " + TABLE + " WHERE customer = ?", new OrderMapper(), customer); // clean
    }

    public List<Order> byState(String state) {
        String sql = "SELECT * FROM orders WHERE state = '" + state + "'";
        return jdbc.query(sql, new OrderMapper()); // finds: java-sql-injection
    }

    public int close(Connection connection, String id) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate(String.format("UPDATE orders SET state = 'closed' WHERE id = '%s'", id)); // finds: java-sql-injection
        }
    }

    public List<Order> search(String name, Integer limit) {
        StringBuilder query = new StringBuilder("select o from Order o where 1 = 1");
        if (name != null) {
            query.append(" and o.name like '%").append(name).append("%'");
        }
        return entities.createQuery(query.toString(), Order.class).setMaxResults(limit).getResultList(); // finds: java-jpa-injection
    }

    public List<Order> named(String name) {
        return entities
                .createQuery("select o from Order o where o.name = :name", Order.class) // clean
                .setParameter("name", name)
                .getResultList();
    }

    public Object nativeCount(String tenant) {
        return entities.createNativeQuery("select count(*) from t_" + tenant + ".orders").getSingleResult(); // finds: java-jpa-injection
    }

    public String first(ResultSet rows) throws SQLException {
        return rows.next() ? rows.getString("id") : null;
    }
}
