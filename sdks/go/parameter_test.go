package exai

import (
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"
)

// The table of OpenAPI 3.1.1, section 4.8.12.4 "Style Examples", for the
// value "blue", the array ["blue","black","brown"] and the object
// {"R":100,"G":200,"B":150}; delimiters are percent-encoded.
func TestParameterStylesAsInTheSpecification(t *testing.T) {
	type rgb struct {
		R int64 `json:"R"`
		G int64 `json:"G"`
		B int64 `json:"B"`
	}
	list, object := []string{"blue", "black", "brown"}, rgb{100, 200, 150}
	for _, test := range []struct {
		style                  style
		explode                bool
		scalar, array, objects string
	}{
		{styleMatrix, false, ";color=blue", ";color=blue,black,brown", ";color=R,100,G,200,B,150"},
		{styleMatrix, true, ";color=blue", ";color=blue;color=black;color=brown", ";R=100;G=200;B=150"},
		{styleLabel, false, ".blue", ".blue,black,brown", ".R,100,G,200,B,150"},
		{styleLabel, true, ".blue", ".blue.black.brown", ".R=100.G=200.B=150"},
		{styleSimple, false, "blue", "blue,black,brown", "R,100,G,200,B,150"},
		{styleSimple, true, "blue", "blue,black,brown", "R=100,G=200,B=150"},
		{styleForm, false, "color=blue", "color=blue,black,brown", "color=R,100,G,200,B,150"},
		{styleForm, true, "color=blue", "color=blue&color=black&color=brown", "R=100&G=200&B=150"},
		{styleSpaceDelimited, false, "", "color=blue%20black%20brown", "color=R%20100%20G%20200%20B%20150"},
		{stylePipeDelimited, false, "", "color=blue%7Cblack%7Cbrown", "color=R%7C100%7CG%7C200%7CB%7C150"},
		{styleDeepObject, true, "", "", "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150"},
	} {
		for want, value := range map[string]any{test.scalar: "blue", test.array: list, test.objects: object} {
			if want == "" {
				continue
			}
			p, err := newParameter(reflect.ValueOf(value))
			if err != nil {
				t.Fatal(err)
			}
			got := p.encodeQuery("color", test.style, test.explode, false)
			if strings.Contains("matrix label simple", string(test.style)) {
				got = p.encodePath("color", test.style, test.explode)
			}
			if got != want {
				t.Errorf("%s explode=%t %v: want %q, got %q", test.style, test.explode, value, want, got)
			}
		}
	}
}

func TestPathIsEscapedByConstruction(t *testing.T) {
	got, err := expandPath("/a/{x}/b{;y*}/c{.z}", []any{"../?#%é/", []string{"1", "2"}, int64(7)})
	if want := "/a/..%2F%3F%23%25%C3%A9%2F/b;y=1;y=2/c.7"; err != nil || got != want {
		t.Errorf("got %q, %v", got, err)
	}
	for _, value := range []string{"", ".", ".."} {
		if _, err := expandPath("/runs/{run_id}", []any{value}); err == nil {
			t.Errorf("%q was accepted: it names another resource", value)
		}
	}
}

func TestParametersOfAStruct(t *testing.T) {
	type filter struct {
		State *string    `json:"state,omitzero"`
		Since *time.Time `json:"since,omitzero"`
	}
	params := struct {
		Limit  *int64           `query:"limit"`
		Q      string           `query:"q"`
		Filter *filter          `query:"filter" style:"deepObject"`
		IDs    []string         `query:"ids" style:"pipeDelimited"`
		Where  map[string]any   `query:"where" style:"json"`
		Next   *string          `query:"next"`
		URL    *string          `query:"url" reserved:"true"`
		Order  Nullable[string] `query:"order"`
		Match  *string          `header:"If-Match"`
		Crumb  string           `cookie:"crumb"`
	}{
		Limit: Int(5), Q: "a b&c=d", Filter: &filter{State: String("on"), Since: Time(time.Unix(0, 0).UTC())},
		IDs: []string{"1", "2|3"}, Where: map[string]any{"a": 1}, URL: String("http://x/?a=1&b"), Match: String(`"tag"`), Crumb: "c;d",
	}
	header := http.Header{}
	got, err := request{op: &operation{path: "/x"}, params: params}.address(header)
	want := "/x?limit=5&q=a%20b%26c%3Dd&filter%5Bstate%5D=on&filter%5Bsince%5D=1970-01-01T00%3A00%3A00Z" +
		"&ids=1%7C2%7C3&where=%7B%22a%22%3A1%7D&url=http://x/?a=1%26b"
	if err != nil || got != want {
		t.Errorf("got  %s, %v\nwant %s", got, err, want)
	}
	if header.Get("If-Match") != `"tag"` || header.Get("Cookie") != "crumb=c%3Bd" {
		t.Errorf("got %v", header)
	}
}

func TestServerVariableCannotMoveTheHost(t *testing.T) {
	for _, tenant := range []string{"", "evil.example/#", "a@b", "a:80", "a/b", "é"} {
		if base, err := resolveServer("https://api.{tenant}.example.com/v1", map[string]string{"tenant": tenant}); err == nil {
			t.Errorf("%q gave %s", tenant, base)
		}
	}
	base, err := resolveServer("https://api.{tenant}.example.com/v1", map[string]string{"tenant": "acme-2"})
	if err != nil || base != "https://api.acme-2.example.com/v1" {
		t.Errorf("got %s, %v", base, err)
	}
}
