package io.shop.connector;

import java.util.Map;
import java.util.regex.Pattern;
import javax.naming.directory.DirContext;
import javax.naming.directory.SearchControls;
import javax.script.ScriptEngine;
import javax.script.ScriptEngineManager;
import javax.xml.xpath.XPath;
import org.springframework.expression.ExpressionParser;
import org.springframework.expression.spel.standard.SpelExpressionParser;
import org.w3c.dom.Document;

public class PromotionRules {
    private static final Pattern CODE = Pattern.compile("^([A-Z0-9]+)+$"); // finds: java-redos
    private static final Pattern SKU = Pattern.compile("^[A-Z]{2}(-\\d+)*$");
    private final ExpressionParser parser = new SpelExpressionParser();

    public boolean applies(Rule rule, Cart cart) {
        return parser.parseExpression(rule.getCondition()).getValue(cart, Boolean.class); // finds: java-spel-injection
    }

    public boolean isLarge(Cart cart) {
        return parser.parseExpression("items.size() > 10").getValue(cart, Boolean.class); // clean
    }

    public Object discount(String formula) throws Exception {
        ScriptEngine engine = new ScriptEngineManager().getEngineByName("nashorn");
        return engine.eval(formula); // finds: java-script-injection
    }

    public Object one() throws Exception {
        return new ScriptEngineManager().getEngineByName("nashorn").eval("1"); // clean
    }

    public Object user(DirContext context, String uid) throws Exception {
        String filter = "(&(objectClass=person)(uid=" + uid + "))"; // finds: java-ldap-injection
        return context.search("dc=shop", filter, new SearchControls());
    }

    public String price(XPath xpath, Document document, String sku) throws Exception {
        return xpath.evaluate("//item[@sku='" + sku + "']/price", document); // finds: java-xpath-injection
    }

    public boolean valid(String code, Map<String, String> known) {
        return CODE.matcher(code).matches() && SKU.matcher(known.get(code)).matches();
    }
}
