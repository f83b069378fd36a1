package io.shop.connector;

import java.security.cert.X509Certificate;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.springframework.web.client.RestTemplate;

public class ErpClient {
    private static final String API_KEY = "c0ffee11deadbeef22f00d33"; // finds: java-hard-coded-secret
    private static final String PASSWORD_PROPERTY = "erp.password";
    private final RestTemplate rest = new RestTemplate();
    private final String baseUrl;

    public ErpClient(String baseUrl) {
        this.baseUrl = baseUrl;
    }

    public static void trustAll() throws Exception {
        TrustManager[] managers = {new X509TrustManager() {
            @Override
            public void checkClientTrusted(X509Certificate[] chain, String type) {}

            @Override // finds: java-certificates-not-verified
            public void checkServerTrusted(X509Certificate[] chain, String type) {}

            @Override
            public X509Certificate[] getAcceptedIssuers() {
                return new X509Certificate[0];
            }
        }};
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers, null);
        HttpsURLConnection.setDefaultSSLSocketFactory(context.getSocketFactory());
        HttpsURLConnection.setDefaultHostnameVerifier((host, session) -> true); // finds: java-host-name-not-verified
    }

    public String order(String id) {
        return rest.getForObject(baseUrl + "/orders/" + id, String.class);
    }

    public String stock(String sku) {
        return rest.getForObject("https://erp.shop.io/stock/{sku}?key={key}", String.class, sku, API_KEY);
    }

    public String password() {
        return System.getProperty(PASSWORD_PROPERTY);
    }
}
