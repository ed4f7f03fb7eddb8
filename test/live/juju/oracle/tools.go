package main

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"

	"github.com/go-macaroon-bakery/macaroon-bakery/v3/bakery"
	"github.com/go-macaroon-bakery/macaroon-bakery/v3/httpbakery"
	"github.com/go-macaroon-bakery/macaroon-bakery/v3/httpbakery/agent"
	cookiejar "github.com/juju/persistent-cookiejar"
	"gopkg.in/macaroon.v2"
)

// serveTools has the libraries do to our macaroons what their own users would.
func serveTools(mux *http.ServeMux) {
	mux.HandleFunc("/make", tool(func(r *draft) (interface{}, error) { return r.make() }))
	mux.HandleFunc("/verify", tool(func(r *offer) (interface{}, error) { return r.verify() }))
	mux.HandleFunc("/fetch", tool(func(r *errand) (interface{}, error) { return r.fetch() }))
	mux.HandleFunc("/jar", tool(func(r *jarFile) (interface{}, error) { return r.open() }))
}

func tool[T any](act func(*T) (interface{}, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		request := new(T)
		err := readJSON(r, request)
		var answer interface{}
		if err == nil {
			answer, err = act(request)
		}
		if err != nil {
			writeJSON(w, map[string]string{"error": err.Error()})
			return
		}
		writeJSON(w, answer)
	}
}

// draft is what a macaroon is made from. Bytes are base64.
type draft struct {
	Version     uint16
	RootKey, Id []byte
	Location    string
	Caveats     []struct {
		Id, RootKey []byte
		Location    string
	}
	// Of the macaroon that this is the discharge for.
	Bind []byte
}

func (d *draft) make() (interface{}, error) {
	m, err := macaroon.New(d.RootKey, d.Id, d.Location, macaroon.Version(d.Version))
	if err != nil {
		return nil, err
	}
	for _, caveat := range d.Caveats {
		if len(caveat.RootKey) > 0 {
			err = m.AddThirdPartyCaveat(caveat.RootKey, caveat.Id, caveat.Location)
		} else {
			err = m.AddFirstPartyCaveat(caveat.Id)
		}
		if err != nil {
			return nil, err
		}
	}
	if d.Bind != nil {
		m.Bind(d.Bind)
	}
	binary, err := m.MarshalBinary()
	if err != nil {
		return nil, err
	}
	return map[string]interface{}{"json": m, "binary": binary, "signature": m.Signature()}, nil
}

// offer is a slice with the key that it should have been made with.
type offer struct {
	RootKey []byte
	Slice   macaroon.Slice
	// In place of Slice.
	Binary []byte
	Holds  []string
}

func (o *offer) verify() (interface{}, error) {
	slice := o.Slice
	if o.Binary != nil {
		if err := slice.UnmarshalBinary(o.Binary); err != nil {
			return nil, err
		}
	}
	if len(slice) == 0 {
		return nil, errors.New("an empty slice")
	}
	check := func(condition string) error {
		for _, each := range o.Holds {
			if each == condition {
				return nil
			}
		}
		return errors.New(condition + " does not hold")
	}
	return map[string]bool{"isGood": true}, slice[0].Verify(o.RootKey, check, slice[1:])
}

// errand is a request that the library's own client is to make.
type errand struct {
	URL   string
	Key   *bakery.KeyPair
	Agent *agent.Agent
}

func (e *errand) fetch() (interface{}, error) {
	client := httpbakery.NewClient()
	client.Key = e.Key
	if e.Agent != nil {
		info := &agent.AuthInfo{Key: e.Key, Agents: []agent.Agent{*e.Agent}}
		if err := agent.SetUpAuth(client, info); err != nil {
			return nil, err
		}
	}
	client.AddInteractor(httpbakery.WebBrowserInteractor{OpenWebBrowser: func(page *url.URL) error {
		answer, err := http.Get(page.String())
		if err == nil {
			answer.Body.Close()
		}
		return err
	}})
	request, err := http.NewRequest("GET", e.URL, nil)
	if err != nil {
		return nil, err
	}
	answer, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return map[string]interface{}{"status": answer.StatusCode, "body": string(body)}, err
}

// jarFile is a file of cookies, as it is read and written.
type jarFile struct {
	Text, URL string
	Slice     macaroon.Slice
}

func (f *jarFile) open() (interface{}, error) {
	folder, err := os.MkdirTemp("", "jar-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	name := filepath.Join(folder, "cookies.json")
	if err := os.WriteFile(name, []byte(f.Text), 0o600); err != nil {
		return nil, err
	}
	jar, err := cookiejar.New(&cookiejar.Options{Filename: name})
	if err != nil {
		return nil, err
	}
	at, err := url.Parse(f.URL)
	if err != nil {
		return nil, err
	}
	if f.Slice != nil {
		if err := httpbakery.SetCookie(jar, at, nil, f.Slice); err != nil {
			return nil, err
		}
	}
	if err := jar.Save(); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(name)
	return map[string]interface{}{"slices": httpbakery.MacaroonsForURL(jar, at), "text": string(text)}, err
}
