// A discharger and a service that it protects, of the libraries that Juju itself is built with, and a client of theirs:
// what our own implementation is held against. It listens on loopback and prints its address.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"

	"github.com/go-macaroon-bakery/macaroon-bakery/v3/bakery"
	"github.com/go-macaroon-bakery/macaroon-bakery/v3/httpbakery"
)

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	base := "http://" + listener.Addr().String()

	locator := httpbakery.NewThirdPartyLocator(nil, nil)
	locator.AllowInsecure()
	mux := http.NewServeMux()
	for _, name := range []string{"/first", "/second"} {
		newThirdParty(base, name, locator).serve(mux)
	}
	newService(base, locator).serve(mux)
	serveTools(mux)

	// Who started this holds the other end of the pipe, and is gone when it closes.
	go func() {
		os.Stdin.Read(make([]byte, 1))
		os.Exit(0)
	}()
	fmt.Println(base)
	log.Fatal(http.Serve(listener, mux))
}

func newKey() *bakery.KeyPair {
	return bakery.MustGenerateKey()
}

func writeJSON(w http.ResponseWriter, value interface{}) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(value); err != nil {
		log.Print(err)
	}
}

func readJSON(r *http.Request, value interface{}) error {
	return json.NewDecoder(r.Body).Decode(value)
}
