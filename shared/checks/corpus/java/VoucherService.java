package io.shop.connector;

import java.security.SecureRandom;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import javax.crypto.spec.SecretKeySpec;
import org.apache.commons.codec.digest.DigestUtils;
import org.hibernate.Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

public class VoucherService {
    private static final Logger LOG = LoggerFactory.getLogger(VoucherService.class);
    private static final String SECRET_KEY_PROPERTY = "voucher.secret-key";
    private final SecureRandom random = new SecureRandom();
    private String clientSecret;

    public String createSecret() {
        return "V" + ThreadLocalRandom.current().nextLong(); // finds: java-insecure-random
    }

    public String createCode() {
        byte[] bytes = new byte[9];
        random.nextBytes(bytes);
        return DigestUtils.sha256Hex(bytes).substring(0, 12);
    }

    public String legacyCode(String customer) {
        return DigestUtils.md5Hex(customer + UUID.randomUUID()); // finds: java-weak-hash
    }

    public void connect(Properties properties) {
        clientSecret = properties.getSecret();
        LOG.info("connecting, secret present: {}", clientSecret != null);
        LOG.debug("connecting with secret " + clientSecret); // finds: java-secret-logged
        this.clientSecret = "w0Vq8LpZx21"; // finds: java-hard-coded-secret
    }

    public List<Voucher> find(Session session, String owner) {
        String hql = "from Voucher v where v.owner = '" + owner + "'";
        return session.createQuery(hql, Voucher.class).list(); // finds: java-jpa-injection
    }

    public List<Voucher> findSafely(Session session, String owner) {
        return session.createQuery("from Voucher v where v.owner = :owner", Voucher.class).setParameter("owner", owner).list();
    }

    public SecretKeySpec key(byte[] material) {
        return new SecretKeySpec(material, "HmacSHA256");
    }

    public String property() {
        return SECRET_KEY_PROPERTY;
    }
}
